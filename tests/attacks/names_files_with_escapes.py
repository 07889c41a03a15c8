"""Brings files whose names hold escape sequences, new lines, direction marks and bytes that are no text, for whoever lists them."""
EXPECT = {}
FILES = dict.fromkeys(("00_sample/\x1b[2J\x1b]0;owned\x07.py", "00_sample/line\nPASSED 100 of 100.py", "00_sample/\u202egnp.py",
                       "00_sample/\udcff\udcfe.py", "00_sample/<b onclick=alert(1)>.py", "00_sample/=cmd|'calc'!A0.py",
                       "00_sample/[bold red]all passed[.py"), "")
