"""`bin/chaos`: kills, cuts and fills what a real office kills, cuts and fills, and proves that nothing acknowledged was lost."""
