"""Every kind of source against its emulator."""
