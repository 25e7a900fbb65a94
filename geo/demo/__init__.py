"""The fictional demo city: a whole town invented from fixed seeds, so that Parvis works out of the box."""
