/** The policy {@code leaf-first}: the lowest tables go before the directories above them. */
@NullMarked
package org.shadowmmu.policy.leaffirst;

import org.jspecify.annotations.NullMarked;
