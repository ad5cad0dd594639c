/** The policy {@code tdp-childzap}: a nested table that loses its last parent is zapped with it. */
@NullMarked
package org.shadowmmu.policy.childzap;

import org.jspecify.annotations.NullMarked;
