/** Comparing policies on stretches of recorded streams: the measurements behind {@code ab}, and bounds to hold them against. */
@NullMarked
package org.shadowmmu.lab.ab;

import org.jspecify.annotations.NullMarked;
