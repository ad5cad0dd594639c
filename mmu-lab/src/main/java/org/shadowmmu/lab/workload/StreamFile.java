package org.shadowmmu.lab.workload;

import java.nio.file.Path;

/** A recorded stream. */
public record StreamFile(Path file) implements StreamSource {
    @Override
    public void read(StreamVisitor visitor) {
        StreamReader.read(file, visitor);
    }
}
