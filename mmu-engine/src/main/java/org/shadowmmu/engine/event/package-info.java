/** The event stream, named as the kernel's tracepoints, and the counters, named as the kernel's statistics. */
@NullMarked
package org.shadowmmu.engine.event;

import org.jspecify.annotations.NullMarked;
