package org.shadowmmu.lab.recording;

/** Makes a machine under test for each recording; called from several threads when recordings are compared in parallel. */
@FunctionalInterface
public interface RecordedMachineFactory {
    /**
     * Makes the machine that a recording's header describes.
     *
     * @throws UnsupportedModeException if what the recording needs is not built yet
     */
    RecordedMachine create(RecordingHeader header) throws UnsupportedModeException;
}
