<?php
// A PHP caller that goes where the WSDL sends it.
//
//   php announced.php WSDL-URL OPERATION NAME VALUE      the operation with one argument; prints one line of JSON.
[, $wsdl, $operation, $name, $value] = $argv;

ini_set('default_socket_timeout', '20');
$client = new SoapClient($wsdl, ['cache_wsdl' => WSDL_CACHE_NONE]);
echo json_encode(['result' => $client->__soapCall($operation, [[$name => $value]])], JSON_UNESCAPED_UNICODE), "\n";
