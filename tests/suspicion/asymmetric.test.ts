import { suspicionSuite } from './suspicionSuite';

suspicionSuite('asymmetric');
