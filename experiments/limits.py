"""The limits of the system that are set, as a sentence can name them to be raised."""

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
    try:
        import resource
    except ImportError:  # Windows, which has no such limits
        return ""
    told = []
    for option in options:
        name, size, unit = LIMITS[option]
        limit = resource.getrlimit(getattr(resource, name))[0]
        if limit != resource.RLIM_INFINITY:
            told.append(f"ulimit {option} allows {limit // size}{unit}")
    return f" ({', '.join(told)})" if told else ""
