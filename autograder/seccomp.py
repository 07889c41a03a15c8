"""Which system calls a worker may make, compiled to a filter that the kernel runs before each of them.

The lists name what is allowed; all else is refused, so that a call some later kernel brings is refused too.
What a student might try on purpose (`REFUSED`) answers EPERM, which Python raises as PermissionError. What
is in neither list answers ENOSYS, as on a kernel without it: the C library and torch then fall back to an
older way. Nothing kills.

libseccomp compiles (it knows the numbers of each machine), once per run and outside the walls; a worker
only loads.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import platform
import tempfile

from . import kernel

MACHINES = ("x86_64", "aarch64")


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ALLOWED = _names("""
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range
    sendfile copy_file_range ftruncate fallocate fadvise64 fsync fdatasync sync_file_range flock creat
    access faccessat faccessat2 stat lstat fstat newfstatat statx statfs fstatfs readlink readlinkat
    getdents getdents64 getcwd chdir fchdir rmdir unlink unlinkat rename renameat
    renameat2 link linkat symlink symlinkat dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 eventfd
    eventfd2 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 timerfd_create
    timerfd_settime timerfd_gettime signalfd signalfd4 brk mmap munmap mremap mprotect madvise msync
    membarrier arch_prctl futex futex_wait futex_wake futex_requeue futex_waitv set_robust_list
    set_tid_address rseq exit exit_group wait4 waitid restart_syscall sched_yield getcpu sched_getaffinity
    sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min getpriority
    rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigsuspend rt_sigreturn sigaltstack pause
    alarm getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete time
    gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep times getrusage getpid gettid
    getppid getpgid getpgrp getsid getuid geteuid getgid getegid getresuid getresgid getgroups capget
    getrlimit setrlimit uname sysinfo getrandom
""")

REFUSED = _names("""
    fork vfork execve execveat ptrace process_vm_readv process_vm_writev process_madvise process_mrelease
    kcmp pidfd_open pidfd_getfd pidfd_send_signal setpgid setsid socket socketpair connect bind listen
    accept accept4 sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockname getpeername
    getsockopt setsockopt chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes
    utimensat futimesat truncate setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr mknod
    mknodat name_to_handle_at open_by_handle_at inotify_init inotify_init1 inotify_add_watch fanotify_init
    fanotify_mark mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick move_mount open_tree
    mount_setattr unshare setns setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid
    setgroups capset seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self personality
    modify_ldt iopl ioperm add_key request_key keyctl bpf perf_event_open userfaultfd memfd_create
    memfd_secret io_uring_setup io_uring_enter io_uring_register splice tee vmsplice shmget shmat shmctl
    shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend
    mq_timedreceive mq_notify mq_getsetattr setpriority sched_setscheduler sched_setparam sched_setattr
    ioprio_set migrate_pages move_pages mincore reboot kexec_load kexec_file_load init_module finit_module
    delete_module create_module swapon swapoff acct quotactl quotactl_fd syslog sethostname setdomainname
    settimeofday clock_settime adjtimex clock_adjtime vhangup sync syncfs
""")

OWN_PROCESS = 0x5EC0_4A1D
"""Stands in the compiled filter for the worker's process id, which is known only after the fork."""

_WORD = 0xFFFFFFFF  # the kernel reads an int from the low half of an argument and ignores the high one
_THREAD = 0x10000 | 0x100 | 0x800  # clone(2): CLONE_THREAD, CLONE_VM, CLONE_SIGHAND: a thread, not a process
_NAMESPACES = 0x7E020000 | 0x80  # clone(2): all CLONE_NEW... flags
_TRUNCATE, _ACCESS = os.O_TRUNC, 3  # open(2): the flag, and the bits that say read, write or both
_OPENINGS = (0, 1, 2, 3, _TRUNCATE | os.O_WRONLY, _TRUNCATE | os.O_RDWR)

# Calls that are allowed where one argument says something harmless: position, mask, accepted values.
CONDITIONAL: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "clone": (0, _THREAD | _NAMESPACES, (_THREAD,)),
    # Signals to oneself alone (raise, abort); kill(0) and kill(-1) mean others too.
    "kill": (0, _WORD, (OWN_PROCESS,)),
    "tgkill": (0, _WORD, (OWN_PROCESS,)),
    "tkill": (0, _WORD, (OWN_PROCESS,)),
    "rt_sigqueueinfo": (0, _WORD, (OWN_PROCESS,)),
    "rt_tgsigqueueinfo": (0, _WORD, (OWN_PROCESS,)),
    "prlimit64": (0, _WORD, (0, OWN_PROCESS)),
    "sched_setaffinity": (0, _WORD, (0, OWN_PROCESS)),
    # Landlock before Linux 6.2 lets a file that may be read be emptied by opening it so.
    "open": (1, _TRUNCATE | _ACCESS, _OPENINGS),
    "openat": (2, _TRUNCATE | _ACCESS, _OPENINGS),
    # No folder that its owner may not list: the one who adds up a worker's files could not look in.
    "umask": (0, 0o700, (0,)),
    "mkdir": (1, 0o700, (0o700,)),
    "mkdirat": (2, 0o700, (0o700,)),
    # Duplicate, flags, locks, pipe size, seals. Not F_SETOWN, F_SETSIG: by them SIGKILL reaches any process.
    "fcntl": (1, _WORD, (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032, 1033, 1034)),
    # Terminal questions (isatty), FIONREAD, FIONBIO, FIOCLEX, FIONCLEX. Not: FIOSETOWN, TIOCSTI.
    "ioctl": (1, _WORD, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x802C542A)),
    # PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS,
    # PR_SET_VMA (the C library names its memory by it).
    "prctl": (0, _WORD, (2, 3, 15, 16, 21, 39, 0x53564D41)),
}

_NUMBERS = 512
"""System calls are numbered below this on both machines; the answer to any higher number is EPERM."""


class FilterError(Exception):
    """The filter cannot be compiled here; says why."""


@functools.cache
def compile_filter() -> bytes:
    """The filter as BPF instructions, with `OWN_PROCESS` still in it."""
    if platform.machine() not in MACHINES:
        raise FilterError(f"system call filters are written for {' and '.join(MACHINES)}")
    try:
        import pyseccomp as library  # looks for libseccomp while it is imported
    except (ImportError, RuntimeError, OSError) as error:
        raise FilterError(f"libseccomp is missing ({error})") from error

    compiled = library.SyscallFilter(library.ERRNO(errno.EPERM))
    # The 32-bit entry points of the same kernel number their calls differently: none of them at all.
    compiled.set_attr(library.Attr.ACT_BADARCH, library.ERRNO(errno.EPERM))
    with contextlib.suppress(OSError):
        compiled.set_attr(library.Attr.CTL_OPTIMIZE, 2)  # a binary tree for a list, since libseccomp 2.5

    def number(name: str) -> int:
        """Negative where this machine (`open` on aarch64) or this libseccomp does not have the call."""
        return int(library.resolve_syscall(library.Arch.NATIVE, name))

    def condition(position: int, mask: int, value: int) -> object:
        return library.Arg(position, library.MASKED_EQ, mask, value)

    for name in ALLOWED:
        if number(name) >= 0:
            compiled.add_rule(library.ALLOW, number(name))
    for name, (position, mask, values) in CONDITIONAL.items():
        for value in values:
            if number(name) >= 0:
                compiled.add_rule(library.ALLOW, number(name), condition(position, mask, value))
    listed = {number(name) for name in (*ALLOWED, *REFUSED, *CONDITIONAL)}
    for unlisted in set(range(_NUMBERS)) - listed:
        compiled.add_rule(library.ERRNO(errno.ENOSYS), unlisted)
    with tempfile.TemporaryFile() as file:
        compiled.export_bpf(file)
        file.seek(0)
        return file.read()


def install(instructions: bytes) -> None:
    """Load the filter for this process, with its own id in place of `OWN_PROCESS`."""
    kernel.install_filter(for_process(instructions, os.getpid()))


def for_process(instructions: bytes, pid: int) -> bytes:
    """An instruction is 8 bytes: code, two jumps, a 32-bit constant; the id takes the constant's place."""
    placeholder, own = OWN_PROCESS.to_bytes(4, "little"), pid.to_bytes(4, "little")
    if any(at % 8 != 4 for at in _places(instructions, placeholder)):
        raise FilterError("the filter holds the placeholder of the process id outside a constant")
    return instructions.replace(placeholder, own)


def _places(text: bytes, part: bytes) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found
