package org.shadowmmu.lab.workload.synthetic;

/** What a guest hypervisor does with the nested tables of a guest that ended. */
public enum TableTearDown {
    /** It frees the pages and writes nothing, like a hypervisor that zeroes a page when it needs it next. */
    LAZY,
    /** It zeroes every page at once with a string instruction, the top table first, to keep a pool of zeroed pages. */
    ZEROING,
    /** It clears the present entries, the lowest level first, and frees the pages, like Linux 6.9 and later as L1. */
    BOTTOM_UP
}
