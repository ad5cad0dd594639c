/** Simulated time: from counted primitives to nanoseconds. */
@NullMarked
package org.shadowmmu.lab.time;

import org.jspecify.annotations.NullMarked;
