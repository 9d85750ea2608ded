"""`make bench`: what the platform costs, as ratios against what one could use instead."""
