/** The policy {@code lru-moveup}: a used page and its ancestors move to the young end of the reclaim order. */
@NullMarked
package org.shadowmmu.policy.lru;

import org.jspecify.annotations.NullMarked;
