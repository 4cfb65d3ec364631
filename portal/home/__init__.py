"""Landing pages: what needs me now. Reads many rooms, owns no table."""
