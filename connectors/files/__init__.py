"""Connector type `files`: units that put files into a folder, here or on an SFTP server."""

from connectors.contract import ConnectorType
from connectors.files.connector import open_files
from connectors.files.kept import reread
from connectors.files.settings import FilesSettings

FILES = ConnectorType(settings=FilesSettings, open=open_files, reread=reread)
