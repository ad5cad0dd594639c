/** One page fault from exit to resume. */
@NullMarked
package org.shadowmmu.engine.fault;

import org.jspecify.annotations.NullMarked;
