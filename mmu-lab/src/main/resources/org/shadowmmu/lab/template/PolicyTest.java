package @package@;

import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.tck.PolicyContractTest;

/** What every policy must do. Add tests of your own here. */
class @Class@Test extends PolicyContractTest {
    @Override
    protected PolicyProvider provider() {
        return new @Class@Provider();
    }
}
