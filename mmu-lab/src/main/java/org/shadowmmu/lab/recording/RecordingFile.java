package org.shadowmmu.lab.recording;

import java.nio.file.Path;

/** A recording to compare: where it is and what reports call it. */
public record RecordingFile(Path path, String name) {}
