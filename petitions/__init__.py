"""Built by a later issue; the room stands so that the direction of imports is checked from the first day."""
