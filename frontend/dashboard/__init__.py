"""The elected official's pages: a territory in one minute, the list and the map behind each figure.

`asked` reads what the page is about from its address, `views` are the pages, `page` what the main one shows, `shapes`
and `classes` the pure arithmetic of its pictures, `lists` what is behind a figure, `visits` what changed meanwhile.
Nothing is counted here but by geo.dashboards, so that small counts stay unsaid everywhere.
"""
