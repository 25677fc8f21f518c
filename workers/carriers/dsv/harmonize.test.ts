import { carrierSuite } from "../carrier-suite.ts";
import { dsv } from "./index.ts";

carrierSuite(dsv, import.meta.dirname);
