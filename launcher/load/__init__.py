"""`bin/bench --mixed`: a day of fifty colleagues in a few minutes, over HTTP, on the product as `bin/run` starts it."""
