/** Synthetic workloads: guests that follow a rule and one seeded source of random numbers instead of a recording. */
@NullMarked
package org.shadowmmu.lab.workload.synthetic;

import org.jspecify.annotations.NullMarked;
