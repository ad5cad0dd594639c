/** The published claims S1.1 to S5.9, measured on the simulator. */
@NullMarked
package org.shadowmmu.lab.reproduce;

import org.jspecify.annotations.NullMarked;
