package org.shadowmmu.lab.workload;

/** Where the records of a stream come from: a file, or a rule that makes them. */
public interface StreamSource {
    /** Hands all records to {@code visitor}, in order; every call the same ones. */
    void read(StreamVisitor visitor);

    /** The source whose random numbers come from {@code seed}; itself if it draws none. */
    default StreamSource withSeed(long seed) {
        return this;
    }
}
