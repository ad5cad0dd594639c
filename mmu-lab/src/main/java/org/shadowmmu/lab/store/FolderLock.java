package org.shadowmmu.lab.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;

/**
 * One writer per result folder: an exclusive lock on the empty file {@code .lock} in it, which the operating system takes back
 * however the process ends. The file stays, always empty, so that folders remain equal and nobody can lock a deleted file.
 */
final class FolderLock implements Closeable {
    /** Name of the file that is locked. */
    static final String FILE = ".lock";

    /** A reader who looks whether there is a writer holds the file for a moment; a writer asks again this often. */
    private static final int ATTEMPTS = 20;

    private static final long PAUSE_MILLIS = 10;

    /** Locks of this process: POSIX drops them all when any channel of the file is closed, so none is opened twice. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock of a folder that exists.
     *
     * @throws BadInputException if somebody else writes there, or the file system has no locks
     * @throws IOException if nothing can be written there
     */
    static synchronized FolderLock take(Path directory) throws IOException {
        Path file = directory.toRealPath().resolve(FILE);
        if (!OWN.add(file)) {
            throw busy(directory);
        }
        FolderLock lock = null;
        try {
            lock = new FolderLock(file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            if (!lock.acquire(directory)) {
                throw busy(directory);
            }
            return lock;
        } catch (IOException | RuntimeException e) {
            if (lock == null) {
                OWN.remove(file);
            } else {
                lock.close();
            }
            throw e;
        }
    }

    /**
     * Does nothing if nobody writes to a folder.
     *
     * @throws BadInputException if somebody does
     */
    static synchronized void refuseBusy(Path directory) {
        try {
            Path file = directory.toRealPath().resolve(FILE);
            if (OWN.contains(file)) {
                throw busy(directory);
            }
            if (!Files.isReadable(file)) {
                return;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (lock(channel, true, directory) == null) {
                    throw busy(directory);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for a writer of " + directory, e);
        }
    }

    private boolean acquire(Path directory) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (lock(channel, false, directory) != null) {
                return true;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    private static @Nullable FileLock lock(FileChannel channel, boolean shared, Path directory) {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (IOException e) {
            throw new BadInputException(
                    "The file system of " + directory + " cannot lock files (" + e.getMessage()
                            + "), so two runs could spoil each other's results; name a folder on another with --out.",
                    e);
        }
    }

    private static BadInputException busy(Path directory) {
        return new BadInputException("Another process is writing to the result folder " + directory
                + "; wait until it has ended, or name another folder.");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unlock " + file, e);
        } finally {
            OWN.remove(file);
        }
    }
}
