package org.shadowmmu.lab.ab;

import java.nio.file.Path;
import org.shadowmmu.lab.workload.StreamSurvey;

/** A recorded stream: its name in results, its file and what a pass over it told. */
public record Stream(String name, Path file, StreamSurvey survey) {
    /** Whether it has virtual addresses, and is replayed under shadow paging. */
    boolean virtual() {
        return survey.header().gva();
    }
}
