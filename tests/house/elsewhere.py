"""Guards that no request of the access table comes to alone: each has a story that fails by its absence.

These are doors of services behind the doors of their pages: commands, jobs and other services go through them, and
where the page's own question fails, they are what is left.
"""

ELSEWHERE: dict[str, str] = {}
