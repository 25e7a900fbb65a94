"""What QGIS opens: a project of all layers, and files of connections."""
