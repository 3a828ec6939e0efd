"""What the service desk takes from workbooks."""
