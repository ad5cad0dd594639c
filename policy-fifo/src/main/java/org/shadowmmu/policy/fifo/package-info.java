/** The policy {@code fifo}: what Linux 6.1 does, in all four decisions. */
@NullMarked
package org.shadowmmu.policy.fifo;

import org.jspecify.annotations.NullMarked;
