"""The public layers as files, made anew each day, with a catalogue that other portals harvest."""
