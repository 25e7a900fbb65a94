"""Vector tiles of the layers (Mapbox Vector Tile 2.1), made by the database, with TileJSON and a MapLibre style."""
