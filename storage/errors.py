"""What storage can refuse.

StorageError
|-- BadAddress        the database URL cannot be used
|-- NoDriver          PostgreSQL's driver is not installed
|-- Busy              somebody else held the database for too long
|-- Away              the database cannot be opened, reached or written
|-- ForeignSchema     the tables belong to a newer Clearance, or to somebody else
|-- AlreadyRunning    another Clearance holds this database (pid)
|-- AlreadyFiled      this form was recorded before (form_key)
|-- UnknownField      there is no such field to redact
|-- NothingToRedact   the request holds no such text (any more)
|-- BadHead           a kept head of the register cannot be read
`-- NoSearch          this SQLite cannot search
"""


class StorageError(Exception):
    """The database refused."""

    def __init__(self, cause: str = "") -> None:
        """The message is the class's docstring, followed by `cause`, a sentence of its own."""
        super().__init__(" ".join(filter(None, (type(self).__doc__, cause))))


class BadAddress(StorageError):
    """The database URL cannot be used."""


class NoDriver(StorageError):
    """PostgreSQL needs a driver that is not installed: pip install 'genai-clearance[postgres]'."""


class Busy(StorageError):
    """The database is busy; nothing was recorded."""


class Away(StorageError):
    """The database is out of reach."""

    def __init__(self, cause: str = "", lasting: bool = False) -> None:
        """`lasting`: waiting does not mend it; a person has to."""
        self.lasting = lasting
        super().__init__(cause)


class ForeignSchema(StorageError):
    """The database was not made by this version of Clearance."""


class AlreadyRunning(StorageError):
    """Another Clearance is running on this database."""

    def __init__(self, pid: int | None) -> None:
        self.pid = pid
        super().__init__(f"Its process is {pid}: stop it first." if pid else "Stop it first.")


class AlreadyFiled(StorageError):
    """This form was recorded before."""

    def __init__(self, form_key: str) -> None:
        self.form_key = form_key
        super().__init__()


class UnknownField(StorageError):
    """There is no such field to redact."""


class NothingToRedact(StorageError):
    """There is nothing to redact."""


class BadHead(StorageError):
    """A head of the register is written COUNT:HASH, as clearance register head prints it."""


class NoSearch(StorageError):
    """This SQLite was built without FTS5, so nothing can be searched; everything else works."""

    def __init__(self) -> None:
        super().__init__("Install a Python whose SQLite has it, or move to PostgreSQL.")
