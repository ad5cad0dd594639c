/** Simulated time with several virtual CPUs: who waits for the MMU lock, and for how long. */
@NullMarked
package org.shadowmmu.lab.contention;

import org.jspecify.annotations.NullMarked;
