"""Uploads stay in memory: Django's own way writes what is larger than two megabytes in plain to a temporary file.

The largest single file a page takes is a bureau's workbook of 40 MB, the largest heap forty photographs of 2 MB.
"""

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParserError

MEGABYTES = 88
MOST = MEGABYTES * 1024 * 1024


class TooLarge(MultiPartParserError):
    """More was sent at once than any page takes; nothing of it was read."""


class InMemory(MemoryFileUploadHandler):
    """Keeps the files of whoever is signed in. What a stranger sends is read past: no page takes a file of theirs."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > MOST:
            raise TooLarge
        person = getattr(self.request, "user", None)
        self.activated = person is not None and person.is_authenticated

    def receive_data_chunk(self, raw_data, start):
        if self.activated:
            self.file.write(raw_data)
