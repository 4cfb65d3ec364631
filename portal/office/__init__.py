"""The finance office as a whole: what is expected, who is late, exports, and the school's money policies."""
