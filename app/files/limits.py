"""How large a file may be. A village of 2,000 people is a tenth of it; what is larger was made to hurt."""

MOST_BYTES = 5 * 1024 * 1024
# 20,000 rows of twenty columns take about 20 MB of XML.
MOST_BYTES_UNPACKED = 40 * 1024 * 1024
MOST_CELLS = 400_000
MOST_ROWS = 20_000
MOST_COLUMNS = 200
