"""The console's pages, on NiceGUI."""
