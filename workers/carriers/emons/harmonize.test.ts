import { carrierSuite } from "../carrier-suite.ts";
import { emons } from "./index.ts";

carrierSuite(emons, import.meta.dirname, { codes_are_secret: true });
