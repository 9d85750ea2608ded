"""The benchmarks run, and leave rows of one shape; what they measure is not judged here."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

