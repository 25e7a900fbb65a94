"""The figures of a territory to take away: one HTML file with its map, the same on paper, and both once a month.

`choice` is what a person asks for, `content` the answers put together, `webmap` and `paper` the two forms, `mails` and
`sending` the monthly mail.
"""
