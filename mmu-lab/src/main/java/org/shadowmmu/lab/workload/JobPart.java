package org.shadowmmu.lab.workload;

import java.util.List;

/**
 * The part of a recorded stream in which the guest does the job it was recorded for: from marker 10 to the last marker below
 * 30 behind it, or to the end if there is none. A stream without marker 10 is a boot or a firmware run, and all of it is the
 * job. What lies before is replayed all the same, as warm-up, and not measured.
 *
 * @param from first instruction, all virtual CPUs together
 * @param to the instruction behind the last
 */
public record JobPart(long from, long to) {
    private static final int JOB_BEGINS = 10;
    private static final int JOB_DONE = 30;

    /** The job part of a stream. */
    public static JobPart of(StreamSurvey survey) {
        List<StreamSurvey.Marker> markers = survey.markers();
        long from = -1;
        long to = survey.instructions();
        for (StreamSurvey.Marker marker : markers) {
            if (marker.number() == JOB_BEGINS && from < 0) {
                from = marker.instruction();
            } else if (from >= 0 && marker.number() < JOB_DONE) {
                to = marker.instruction();
            }
        }
        return new JobPart(Math.max(0, from), to);
    }
}
