/** Recorded kernels: their files, the comparison with a machine under test, and the text of events. */
@NullMarked
package org.shadowmmu.lab.recording;

import org.jspecify.annotations.NullMarked;
