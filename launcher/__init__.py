"""Sets up and runs Gongying from a checkout. Standard library only: it works before anything is installed."""
