"""Line mode: typed or piped lines in, written lines out."""
