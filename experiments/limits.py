"""The limits of the system that are set, in words for a sentence that asks for more."""

try:
    import resource  # now, while there is memory for it
except ImportError:  # Windows, which has no such limits
    resource = None  # type: ignore[assignment]

MB = 2**20
LIMITS = {  # by the option of the shell's ulimit: what counts them, and in which unit
    "-d": ("RLIMIT_DATA", MB, " MB"),
    "-v": ("RLIMIT_AS", MB, " MB"),
    "-n": ("RLIMIT_NOFILE", 1, ""),
    "-u": ("RLIMIT_NPROC", 1, ""),
}
MEMORY = "-d", "-v"


def allowed(*options: str) -> str:
    """What these limits allow, such as " (ulimit -d allows 190 MB)"; "" if none of them is set."""
    if resource is None:
        return ""
    told = []
    for option in options:
        name, size, unit = LIMITS[option]
        limit = resource.getrlimit(getattr(resource, name))[0]
        if limit != resource.RLIM_INFINITY:
            told.append(f"ulimit {option} allows {limit // size}{unit}")
    return f" ({', '.join(told)})" if told else ""
