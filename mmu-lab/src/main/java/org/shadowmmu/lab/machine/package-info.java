/** The machine beneath the recordings: the emulated CPU, the instruction stub and the VMM (RC-1 to RC-42). */
@NullMarked
package org.shadowmmu.lab.machine;

import org.jspecify.annotations.NullMarked;
