package org.shadowmmu.lab.workload.synthetic;

/** Which free frame of memory a guest kernel takes next. */
public enum FrameReuse {
    /**
     * The one freed longest ago, so that tables wander over all of memory, and shadow pages of tables that are gone stay until
     * the quota takes them.
     */
    OLDEST,
    /** The one freed last, as Linux does: few frames ever serve as tables. */
    NEWEST
}
